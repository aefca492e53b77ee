"""Forms that several rails and the banks' files share."""
