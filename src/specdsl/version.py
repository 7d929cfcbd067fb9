"""The version of specdsl, for whoever writes it down: manifests, SARIF, the command line."""

VERSION = "0.1.0"
