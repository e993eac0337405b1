package io.headgate.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.headgate.api.json.Json;
import java.net.URLEncoder;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RedactorTest {
  private final Redactor redactor = new Redactor();

  @Test
  void masksASecretInEveryFormItIsWrittenIn() {
    String secret = "p@ss/w\"ör d+1\\x";
    redactor.add(secret);
    String json = Json.write("say " + secret);
    String url = "postgres://u:" + URLEncoder.encode(secret, UTF_8) + "@h";
    String percent = URLEncoder.encode(secret, UTF_8).replace("+", "%20");
    assertThat(redactor.redact("a " + secret + " b")).isEqualTo("a *** b");
    assertThat(redactor.redact(json)).isEqualTo("\"say ***\"");
    assertThat(redactor.redact(url)).isEqualTo("postgres://u:***@h");
    assertThat(redactor.redact(percent)).isEqualTo("***");
    assertThat(redactor.redact(percent.replace("%2F", "%2f"))).isEqualTo("***");
    assertThat(redactor.redact("<b>" + secret.replace("\"", "&quot;"))).isEqualTo("<b>***");
  }

  @Test
  void masksBase64AtAnyOffset() {
    redactor.add("correct-horse-battery");
    for (String prefix : new String[] {"", "u", "us", "user", "user:"}) {
      String header =
          Base64.getEncoder().encodeToString((prefix + "correct-horse-battery:x").getBytes(UTF_8));
      assertThat(redactor.redact("Basic " + header)).contains("***").hasSizeLessThan(6 + 20);
    }
  }

  @Test
  void masksEachLineOfASecretOfSeveral() {
    redactor.add("-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n");
    assertThat(redactor.redact("near MIIEvQIBADANBg: bad")).isEqualTo("near ***: bad");
  }

  @Test
  void leavesShortValuesAlone() {
    redactor.add("abc");
    redactor.add("");
    redactor.add("   ");
    assertThat(redactor.redact("abc    def")).isEqualTo("abc    def");
  }

  @Test
  void masksTheLongerOfTwoSecretsFirst() {
    redactor.add("secret");
    redactor.add("secret-and-more");
    assertThat(redactor.redact("x secret-and-more y secret z")).isEqualTo("x *** y *** z");
  }

  @Test
  void leavesNoRandomSecretInItsOwnForms() {
    Random random = new Random(5);
    for (int round = 0; round < 300; round++) {
      StringBuilder made = new StringBuilder();
      random.ints(12 + random.nextInt(30), 33, 127).forEach(c -> made.append((char) c));
      String secret = made.toString();
      Redactor own = new Redactor();
      own.add(secret);
      String text =
          String.join(
              " ",
              secret,
              Json.write(secret),
              URLEncoder.encode(secret, UTF_8),
              Base64.getEncoder().encodeToString(secret.getBytes(UTF_8)));
      assertThat(own.redact(text)).isEqualTo("*** \"***\" *** ***");
    }
  }
}
