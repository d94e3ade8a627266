"""What people do: one action, one function, one transaction."""
