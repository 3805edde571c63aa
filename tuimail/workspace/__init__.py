"""What can be done with mail: the one door for every face."""
