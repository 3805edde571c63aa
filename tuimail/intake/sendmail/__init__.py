"""The sendmail door: programs of this machine that run a program to hand in mail."""
