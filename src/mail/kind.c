#include "mail/kind.h"

#include "base/check.h"

#define NOT_YOU "<p>Was this not you? Set a new password at once and tell the support.</p>\n"
#define IGNORE "<p>Did you not ask for this? Then you need do nothing.</p>\n"

static const struct mail_default defaults[] = {
	[MAIL_CONFIRMATION] = {
		"confirmation", false, "Please confirm your address",
		"<h2>Welcome</h2>\n"
		"<p>One step is left: confirm that {{ .Email }} is your address.</p>\n"
		"<p><a href=\"{{ .ConfirmationURL }}\">Confirm my address</a></p>\n"
		"<p>Or type this code: {{ .Token }}</p>\n" IGNORE,
	},
	[MAIL_INVITE] = {
		"invite", false, "An invitation for you",
		"<h2>You are invited</h2>\n"
		"<p>Somebody invites you to join {{ .SiteURL }}.</p>\n"
		"<p><a href=\"{{ .ConfirmationURL }}\">Accept the invitation</a></p>\n",
	},
	[MAIL_RECOVERY] = {
		"recovery", false, "Choose a new password",
		"<h2>A new password</h2>\n"
		"<p>With this link you choose a new password for your account.</p>\n"
		"<p><a href=\"{{ .ConfirmationURL }}\">Choose a new password</a></p>\n"
		"<p>Or type this code: {{ .Token }}</p>\n" IGNORE,
	},
	[MAIL_MAGIC_LINK] = {
		"magic_link", false, "Your link to sign in",
		"<h2>Sign in</h2>\n"
		"<p>This link works once, and for a short time.</p>\n"
		"<p><a href=\"{{ .ConfirmationURL }}\">Sign in now</a></p>\n"
		"<p>Or type this code: {{ .Token }}</p>\n" IGNORE,
	},
	[MAIL_EMAIL_CHANGE] = {
		"email_change", false, "Please confirm the change of your address",
		"<h2>A new address</h2>\n"
		"<p>Your account's address is to change from {{ .Email }} to {{ .NewEmail }}.</p>\n"
		"<p><a href=\"{{ .ConfirmationURL }}\">Confirm the change</a></p>\n"
		"<p>Or type this code: {{ .Token }}</p>\n" IGNORE,
	},
	[MAIL_REAUTHENTICATION] = {
		"reauthentication", false, "{{ .Token }} is your code",
		"<h2>Your code</h2>\n"
		"<p>Type this code to show that it is you: {{ .Token }}</p>\n" IGNORE,
	},
	[MAIL_PASSWORD_CHANGED] = {
		"password_changed", true, "Your password has changed",
		"<h2>A new password</h2>\n"
		"<p>The password of the account {{ .Email }} has just changed.</p>\n" NOT_YOU,
	},
	[MAIL_EMAIL_CHANGED] = {
		"email_changed", true, "Your address has changed",
		"<h2>A new address</h2>\n"
		"<p>Your account had the address {{ .OldEmail }}; from now on it is "
		"{{ .Email }}.</p>\n" NOT_YOU,
	},
	[MAIL_PHONE_CHANGED] = {
		"phone_changed", true, "Your phone number has changed",
		"<h2>A new number</h2>\n"
		"<p>Your account had the number {{ .OldPhone }}; from now on it is "
		"{{ .Phone }}.</p>\n" NOT_YOU,
	},
	[MAIL_IDENTITY_LINKED] = {
		"identity_linked", true, "There is a new way to sign in",
		"<h2>A new way to sign in</h2>\n"
		"<p>You can now sign in to {{ .Email }} with {{ .Provider }}.</p>\n" NOT_YOU,
	},
	[MAIL_IDENTITY_UNLINKED] = {
		"identity_unlinked", true, "A way to sign in is gone",
		"<h2>One way less to sign in</h2>\n"
		"<p>You can no longer sign in to {{ .Email }} with {{ .Provider }}.</p>\n" NOT_YOU,
	},
	[MAIL_MFA_ENROLLED] = {
		"mfa_factor_enrolled", true, "Your account has a new second factor",
		"<h2>A second factor</h2>\n"
		"<p>Signing in to your account can now take a second factor: "
		"{{ .FactorType }}.</p>\n" NOT_YOU,
	},
	[MAIL_MFA_UNENROLLED] = {
		"mfa_factor_unenrolled", true, "A second factor is gone",
		"<h2>One factor less</h2>\n"
		"<p>A second factor was taken from your account: {{ .FactorType }}.</p>\n" NOT_YOU,
	},
};

const struct mail_default *mail_default(enum mail_kind kind)
{
	CHECK((unsigned)kind < MAIL_KINDS);
	return &defaults[kind];
}

const char *mail_kind_name(enum mail_kind kind)
{
	return mail_default(kind)->name;
}
