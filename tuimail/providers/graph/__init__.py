"""The way out through Microsoft Graph, for Microsoft 365 and Outlook.com."""
