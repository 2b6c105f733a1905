/* Keys made for these tests; nothing else trusts them. */
#ifndef TEST_JWK_FIXTURES_H
#define TEST_JWK_FIXTURES_H

static const char rsa_private[] =
	"{\"kty\":\"RSA\",\"alg\":\"RS256\",\"kid\":\"r1\",\"n\":\"ndZAcOSfWR9sJNWJGNIA_"
	"upLaAwzsVphFVt0g"
	"60dddYUeVkeBrn1n4zes5VoLNRuYyOMl7pDuDOwapJx--1j561jSqW2xG6x76AIotU07LtGy_QAAoluY"
	"A9wu8lbh1swP0sVXaCtfGmRZHD_W_qchbKar4SADq8f6mYyMH3MRJKK1cOZlGaac-P01VXopXGDSHjWg"
	"UR0GlBp89qKzGD1dytenjEEavVFuBVM2NsB9qBZ8dmF-dWtCwpwmyBU_3j9AqppKffy3hpsLhiIvGWqb"
	"O12cF2hFk4hO9kxW9vhhBQPHx-fQTO6MRG3Qqyl_tOq2CmLfSbATnE7DpSg8o3SQQ\",\"e\":\"AQAB\",\"d"
	"\":\"BHcyEXedx2AyF4yH7Cu54zx2rR87lwLv0FJrIR7EtfzRorl0oJECQT--MnNxqXi1AFP6cksER48v0"
	"zi-O0KvyEzhrFRKBTP9ZQ0V3XczNSzwb3dhc4ZBo7u1b0dex3KQfS6ccG6_Zc_DUTBjay3o9TKUzuPh7"
	"yMW394BFsSNDatnzZyhmAQt8EiiZFkXlGb20eRaCHbTmlL_dL0GQpkKp4uHiWGwxj5IzESh7i3JGRSf7"
	"92sXqc5NO5a4gDlJduLXJHSzc39V38dzq4yZ3LHgxeoX4eW9WX314GoSeh4poLfscbo0SRFMmVB1Q5If"
	"6DNUylBDAzLd-IqIXZP2PbvCQ\",\"p\":\"3o6yllbqohWfjtV636Ecu6RyS9FPdHlY-ueSul-RMVZvGZpP"
	"3-CWXvXvxNSVtez6E_arwpUdnujPpGvfJaDsz9kvXuaMfviapW_DvC6679TrfX_YtfGUhepI0bAVN6ll"
	"iwY6kVNJzRXrQaKjOLE2Aex0lIvQ3zbmPNkB02iLHdk\",\"q\":\"tY3lkZwxc1BXZH0ppOF8pN5OJmLSS3"
	"3WmVxfPUEujveGz2cDRl0odUYWkeiX77Joez2iwHF4prgul9TsFP4vx_fZhy6v03wjiUONHKI2kgsonj"
	"AqjpuFsK0SaxY3a2B0-OnRVqi_rv0dt-12pUWRDnRxZMbkGamHEVYxfPI3Tqk\",\"dp\":\"19AqT2zjQ9-"
	"SBRDwgPCbiz3w86J52OlfJpbuirnncp9tRreDowYG6viz0_uNXYf6DOfTMPImchUyXS-ZiMSfPwJNVEp"
	"ejTWHyMszVEVAUxb2cJFL1Ur5Ck7g5C1KtdoXNJQKsSfB1hTeN5x9iJkXVRA1EGLwXbO_2dtZUOb8mCk"
	"\",\"dq\":\"CqYcBQJoVB8uQRKmUql3KiRv6Qh61Tq4T55_Z5RfKruSCLA-HO5x5Q8LW9uMrd6FClV_KlJ9"
	"hSngcb9naYPPQadj9u3iGkF5xB9WM4vAL6i_5SdmF58_pDFCl01iSsYJlmAAi1iyhY0LJTKkduUxsOtb"
	"i1GvJ2IuLfIkTPPYEqE\",\"qi\":\"iyCPkpEDxpZwc1xNF3rlcU1NXf3aVHW9EpvVxJ71lJaELF_O_yOb4"
	"gR7EdLd_m7taB3vD091FsibRaG6u7mnsDqoQ8PBzuR-uoQbVngse8fI7k9SxpEKbQZEHWri5jDg5FN2T"
	"Zwb48zE-WslxCZP7pOGz7oUeBUrMpnH7Zw5hog\"}";

static const char rsa_public[] =
	"{\"kty\":\"RSA\",\"alg\":\"RS256\",\"kid\":\"r1\",\"n\":\"ndZAcOSfWR9sJNWJGNIA_"
	"upLaAwzsVphFVt0g"
	"60dddYUeVkeBrn1n4zes5VoLNRuYyOMl7pDuDOwapJx--1j561jSqW2xG6x76AIotU07LtGy_QAAoluY"
	"A9wu8lbh1swP0sVXaCtfGmRZHD_W_qchbKar4SADq8f6mYyMH3MRJKK1cOZlGaac-P01VXopXGDSHjWg"
	"UR0GlBp89qKzGD1dytenjEEavVFuBVM2NsB9qBZ8dmF-dWtCwpwmyBU_3j9AqppKffy3hpsLhiIvGWqb"
	"O12cF2hFk4hO9kxW9vhhBQPHx-fQTO6MRG3Qqyl_tOq2CmLfSbATnE7DpSg8o3SQQ\",\"e\":\"AQAB\"}";

/* RFC 7515 A.3 */
static const char ec_private[] = "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"e1\","
				 "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
				 "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\","
				 "\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"}";

/* RFC 8037 A.1 */
static const char ed_private[] = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
				 "\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\","
				 "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";

/* RFC 7515 A.1 */
static const char oct_key[] = "{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-"
			      "EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow\"}";

#endif
