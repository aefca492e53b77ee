"""Hand mails over: to a server by SMTP, or to the sandbox's mailbox."""
