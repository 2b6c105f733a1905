#!/usr/bin/env python3
"""Embeds a text file in a C source: embed_text.py FUNCTION INPUT OUTPUT.

The C file defines `const char *FUNCTION(void)` that returns the text.
"""
import sys


def main():
    name, source, target = sys.argv[1:4]
    text = open(source, "rb").read()
    with open(target, "w") as out:
        out.write(f"const char *{name}(void);\n\nstatic const char text[] = {{\n")
        for at in range(0, len(text), 16):
            out.write("\t" + " ".join(f"{byte}," for byte in text[at : at + 16]) + "\n")
        out.write(f"\t0,\n}};\n\nconst char *{name}(void)\n{{\n\treturn text;\n}}\n")


if __name__ == "__main__":
    main()
