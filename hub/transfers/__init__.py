"""What the hub does for unions: the law (machines, rules), the acts (desk), the statements of SQL (ledger)."""
