#include "app/command.h"

#include <openssl/crypto.h>
#include <stdio.h>

int cmd_version(struct app *app)
{
	const char *compiler = __VERSION__;
	if (app->is_json)
		printf("{\"name\":\"bedplate\",\"version\":\"%s\",\"compiler\":\"%s\","
		       "\"openssl\":\"%s\"}\n",
		       BEDPLATE_VERSION, compiler, OpenSSL_version(OPENSSL_VERSION_STRING));
	else
		printf("bedplate %s\nbuilt with %s, OpenSSL %s\n", BEDPLATE_VERSION, compiler,
		       OpenSSL_version(OPENSSL_VERSION_STRING));
	return EXIT_OK;
}
