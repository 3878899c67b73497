"""What every process has: logs, metrics, health, migrations, an orderly end."""
