"""What developers start beside leadstream: a Kafka broker of their own. Not shipped."""
