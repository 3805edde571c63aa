"""MCP: agents hand in drafts over stdin and stdout."""
