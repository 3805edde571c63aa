"""Doors for programs: each hands in drafts, and none can approve or release one."""
