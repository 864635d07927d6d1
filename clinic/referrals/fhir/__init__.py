"""FHIR R4 for referring organisations' systems: wire -> bundle -> reading -> the same intake as the form."""
