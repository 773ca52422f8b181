"""A CRM that speaks HubSpot's v3 objects API strictly and shows its records on a page."""
