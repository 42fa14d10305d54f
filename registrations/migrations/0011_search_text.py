from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registrations", "0010_headcounts_of_all")]
    operations = [
        migrations.AddField(
            model_name="registration",
            name="search_text",
            field=models.CharField(editable=False, max_length=600, null=True),
        ),
    ]
