"""What a page, a sign-up and a mail cost beside a bare Django project: bench/run prints it."""
