"""Run what happens on its own: loops that outlive a request, each with its bound."""
