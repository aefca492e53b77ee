"""Put messages into words: texts in each language, one layout for mails."""
