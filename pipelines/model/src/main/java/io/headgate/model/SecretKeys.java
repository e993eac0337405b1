package io.headgate.model;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Which properties of a connection are secret. */
final class SecretKeys {
  private static final Pattern SECRET =
      Pattern.compile(
          "(.*_)?(password|passwd|pwd|passphrase|pass|token|secrets?|credentials?|api_?key"
              + "|access_?key|private_?key|account_?key|encryption_?key|sas)(_.*)?");

  /** What a reference may fill without being masked in every log. */
  private static final Set<String> HARMLESS =
      Set.of(
          "host",
          "port",
          "user",
          "username",
          "database",
          "dbname",
          "schema",
          "path",
          "region",
          "endpoint",
          "bucket",
          "account",
          "role",
          "catalog",
          "kind");

  private static final Pattern PASSWORD_IN_ADDRESS = Pattern.compile("://[^/\\s:@]*:([^@/\\s]+)@");

  private SecretKeys() {}

  /** Whether a literal is refused for the key. */
  static boolean secret(String key) {
    return SECRET.matcher(key.toLowerCase(Locale.ROOT).replace('-', '_')).matches();
  }

  /** Whether what a reference gives for the key is masked. */
  static boolean masked(String key) {
    return !HARMLESS.contains(key);
  }

  /** Whether the text is an address with a password in it that is no reference. */
  static boolean holdsPassword(String text) {
    return PASSWORD_IN_ADDRESS
        .matcher(text)
        .results()
        .anyMatch(match -> !match.group(1).startsWith("${"));
  }
}
