"""The sample log and the script that makes it; not shipped."""
