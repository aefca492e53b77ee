"""Prove what operators see: health, figures, logs, the doctor, documents that stay true."""
