"""How the desk writes instants in French: with the name of their zone, since no host's clock is at hand there."""

DATETIME_FORMAT = r"j F Y, G\ \h\ i (T)"
SHORT_DATETIME_FORMAT = r"d/m/Y G\ \h\ i (T)"
