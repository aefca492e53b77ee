"""Hold people against sanctions and PEP lists kept in files on this machine."""
