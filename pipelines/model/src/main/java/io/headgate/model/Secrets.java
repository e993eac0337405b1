package io.headgate.model;

import io.headgate.api.TaskFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads what <code>${env:NAME}</code> and <code>${file:PATH}</code> refer to, when it is needed.
 */
final class Secrets {
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final long LARGEST = 1 << 20;

  private final Path directory;
  private final Function<String, Optional<String>> environment;
  private final Redactor redactor;

  Secrets(Path directory, Function<String, Optional<String>> environment, Redactor redactor) {
    this.directory = directory;
    this.environment = environment;
    this.redactor = redactor;
  }

  /** Secrets of this process: its environment, and files relative to the project. */
  static Secrets of(Path projectDirectory, Redactor redactor) {
    return new Secrets(
        projectDirectory, name -> Optional.ofNullable(System.getenv(name)), redactor);
  }

  /**
   * The text that a template stands for.
   *
   * @param what who needs it, for the failure's line
   * @param secret whether the redactor has to know what was read
   */
  String fill(Template template, String what, boolean secret) {
    return template.fill(
        reference -> {
          String value =
              switch (reference.space()) {
                case "env" -> variable(reference, what);
                case "file" -> file(reference, what);
                default -> throw new IllegalStateException("unchecked reference " + reference);
              };
          if (secret) {
            redactor.add(value);
          }
          return value;
        });
  }

  private String variable(Template.Reference reference, String what) {
    return environment
        .apply(reference.name())
        .orElseThrow(
            () ->
                TaskFailure.configuration(
                    what + ": " + reference + " is not set", "set the environment variable"));
  }

  private String file(Template.Reference reference, String what) {
    Path file = directory.resolve(reference.name());
    try {
      if (Files.size(file) > LARGEST) {
        throw TaskFailure.configuration(what + ": " + reference + " is larger than 1 MB", "");
      }
      String text = Files.readString(file, StandardCharsets.UTF_8);
      return text.endsWith("\r\n")
          ? text.substring(0, text.length() - 2)
          : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    } catch (IOException e) {
      throw TaskFailure.configuration(
          what + ": " + reference + " cannot be read (" + e.getClass().getSimpleName() + ")",
          "make the file readable for this user");
    }
  }

  /**
   * Reads a value that may hold references to secrets.
   *
   * @throws IllegalArgumentException with a message for people, which never shows the value
   */
  static Template parse(String text) {
    Template template;
    try {
      template = Template.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "a reference is not well formed; write ${env:NAME} or ${file:PATH}", e);
    }
    for (Template.Reference reference : template.references()) {
      boolean known =
          switch (reference.space()) {
            case "env" -> VARIABLE.matcher(reference.name()).matches();
            case "file" -> reference.name().indexOf('\0') < 0;
            default -> false;
          };
      if (!known) {
        throw new IllegalArgumentException(
            reference.space().matches("env|file")
                ? reference.space() + ": not a name that can be read"
                : "only ${env:NAME} and ${file:PATH} may stand here");
      }
    }
    return template;
  }
}
