"""Results -> what is shown: pure functions for the terminal, for programs and for Discord."""
