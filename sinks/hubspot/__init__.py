"""HubSpot as a sink: contacts and companies over the CRM v3 objects API."""

from sinks.hubspot.quota import Quota
from sinks.hubspot.settings import HubSpotSettings
from sinks.hubspot.sink import HubSpot

__all__ = ["HubSpot", "HubSpotSettings", "Quota"]
