"""The language server: ``ide/`` over the language server protocol. It only converts and schedules."""
