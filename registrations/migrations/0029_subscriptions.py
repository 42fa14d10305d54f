"""Who wants to hear of the next workshop, and the mails to them.

The last release leaves these mails alone: it knows none of their kinds, and joins each mail with a
registration.
"""

import django.db.models.deletion
import django.db.models.functions.comparison
import registrations.models.registration
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0010_the_day'),
        ('registrations', '0028_attestations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='outgoingmail',
            name='recipient_key',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=254),
        ),
        migrations.AddField(
            model_name='outgoingmail',
            name='workshop',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='events.workshop'),
        ),
        migrations.AlterField(
            model_name='outgoingmail',
            name='registration',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='registrations.registration', verbose_name='registration'),
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('communities', models.JSONField(default=list)),
                ('last', models.BigIntegerField(default=0)),
                ('written', models.PositiveIntegerField(default=0)),
                ('ended_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('workshop', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='notice', to='events.workshop')),
            ],
            options={
                'verbose_name': 'notice to the subscribers',
                'verbose_name_plural': 'notices to the subscribers',
            },
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='email')),
                ('email_key', models.CharField(editable=False, max_length=254)),
                ('language', models.CharField(choices=[('fr', 'French'), ('en', 'English')], default='fr', max_length=5, verbose_name='language of mails')),
                ('zone', models.CharField(blank=True, db_default='', default='', max_length=64, verbose_name='time zone')),
                ('token', models.CharField(default=registrations.models.registration.new_token, editable=False, max_length=43, unique=True)),
                ('asked_at', models.DateTimeField(verbose_name='asked for on')),
                ('consent_text', models.TextField(verbose_name='consented to')),
                ('mail_asked_at', models.DateTimeField(editable=False, null=True)),
                ('confirmed_at', models.DateTimeField(null=True, verbose_name='confirmed on')),
                ('last_seen_at', models.DateTimeField(verbose_name='last sign of life')),
                ('community', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to='events.community', verbose_name='community')),
            ],
            options={
                'verbose_name': 'subscription',
                'verbose_name_plural': 'subscriptions',
                'ordering': ['-pk'],
            },
        ),
        migrations.AddField(
            model_name='outgoingmail',
            name='subscription',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='registrations.subscription'),
        ),
        migrations.AddConstraint(
            model_name='outgoingmail',
            constraint=models.UniqueConstraint(condition=models.Q(('workshop__isnull', False)), fields=('workshop', 'recipient_key'), name='told_once_of_a_workshop'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['id'], name='notice_to_end'),
        ),
        migrations.AddIndex(
            model_name='subscription',
            index=models.Index(condition=models.Q(('mail_asked_at__isnull', False)), fields=['mail_asked_at'], name='subscription_mail_asked'),
        ),
        migrations.AddIndex(
            model_name='subscription',
            index=models.Index(fields=['last_seen_at'], name='subscription_last_seen'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.UniqueConstraint(models.F('email_key'), django.db.models.functions.comparison.Coalesce('community', 0), name='one_subscription_per_address'),
        ),
    ]
