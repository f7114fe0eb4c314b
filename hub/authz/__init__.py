"""Who calls and what they may do: tokens, login, keys, parties, disclosure."""
