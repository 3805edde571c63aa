"""Who may decide, and what the owner's policy says about mail before it leaves."""
