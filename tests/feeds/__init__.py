"""Price feeds: fixed, simulated, and exchanges behind a child process."""
