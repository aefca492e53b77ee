"""One rail a folder, none knows another."""
