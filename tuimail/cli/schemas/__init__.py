"""What each verb answers with ``--json``: documents, and their JSON Schema."""
