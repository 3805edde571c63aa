"""What ways out over HTTP have in common; itself no way out."""
