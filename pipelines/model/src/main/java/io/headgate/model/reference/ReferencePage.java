package io.headgate.model.reference;

import io.headgate.api.Description;
import io.headgate.api.DocumentKind;
import io.headgate.api.ExitCode;
import io.headgate.api.StepKind;
import io.headgate.model.Manifest;
import io.headgate.model.PipelineFile;
import io.headgate.model.ProjectFile;
import io.headgate.model.bind.RecordShape;
import io.headgate.model.bind.TextType;
import io.headgate.model.connection.ConnectionKinds;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The reference page: every key of every file, and the exit codes, as Markdown. */
public final class ReferencePage {
  private static final String REFERENCES =
      """
      ## References

      | written | stands for | where |
      |---|---|---|
      | `${param:NAME}` | the value of a parameter | keys of a step's kind |
      | `${interval:start}`, `${interval:end}` | the run's interval, such as `2021-12-01T00:00:00+01:00` | keys of a step's kind |
      | `${run:id}` | the id of the run | keys of a step's kind |
      | `${env:NAME}` | an environment variable | connections; values of secret parameters |
      | `${file:PATH}` | what a file holds, without its last line end | connections; values of secret parameters |
      | `$${` | the characters `${` | everywhere that references may stand |

      """;

  private final StringBuilder out = new StringBuilder();
  private final Set<Class<?>> told = new HashSet<>();
  private final boolean written;

  /**
   * A page.
   *
   * @param written whether it tells of what we write, where nothing is left out, rather than of
   *     what people write
   */
  private ReferencePage(boolean written) {
    this.written = written;
  }

  /** All of it. */
  public static String markdown(List<StepKind<?>> kinds) {
    return configuration(kinds) + "\n#" + exitCodes();
  }

  /** Every key of every file. */
  public static String configuration(List<StepKind<?>> kinds) {
    return new ReferencePage(false).page(kinds);
  }

  /** Every key of the manifest that an orchestrator reads. */
  public static String manifest() {
    ReferencePage page = new ReferencePage(true);
    page.out.append("# Manifest\n\nMade from the types that write it. Every key is always there. ");
    page.out.append("Readers pass over keys that they do not know: the format's version changes ");
    page.out.append("only when they must not.\n\n");
    page.section("&lt;compiled&gt;/&lt;pipeline&gt;/manifest.json", Manifest.class);
    return page.out.toString().stripTrailing() + "\n";
  }

  /** What the codes that commands end with mean. */
  public static String exitCodes() {
    StringBuilder page = new StringBuilder("# Exit codes\n\n");
    page.append("| code | meaning | tried again |\n|---|---|---|\n");
    for (ExitCode code : ExitCode.values()) {
      page.append(
          "| %d | %s | %s |\n"
              .formatted(code.code(), code.meaning(), code.retryable() ? "yes" : "no"));
    }
    return page.toString();
  }

  private String page(List<StepKind<?>> kinds) {
    out.append(
            "# Reference\n\nMade from the types that read the files; `headgate schema` gives the")
        .append(" same as JSON schemas for editors.\n\n");
    section("headgate.yaml", ProjectFile.class);
    ConnectionKinds.keys()
        .forEach((kind, keys) -> section("Connections of kind `" + kind + "`", keys));
    section("pipelines/&lt;name&gt;/pipeline.yaml", PipelineFile.class);
    List<StepKind<?>> sorted =
        kinds.stream().sorted(Comparator.comparing((StepKind<?> kind) -> kind.name())).toList();
    for (StepKind<?> kind : sorted) {
      out.append("## Steps of kind `").append(kind.name()).append("`\n\n");
      out.append(kind.summary()).append("\n\n");
      records(kind.configuration());
    }
    Set<String> documents = new HashSet<>();
    for (StepKind<?> kind : sorted) {
      for (DocumentKind<?> document : kind.documents()) {
        if (documents.add(document.name())) {
          section(
              "%s/**/*.yaml (%s)".formatted(document.directory(), document.name()),
              document.type());
        }
      }
    }
    out.append(REFERENCES);
    return out.toString().stripTrailing() + "\n";
  }

  private void section(String title, Class<?> type) {
    out.append("## ").append(title).append("\n\n");
    description(type);
    records(type);
  }

  private void description(Class<?> type) {
    @Nullable Description description = type.getAnnotation(Description.class);
    if (description != null) {
      out.append(description.value()).append("\n\n");
    }
  }

  /** The table of a record, then those of the records that it holds. */
  private void records(Class<?> root) {
    Deque<Class<?>> open = new ArrayDeque<>(List.of(root));
    while (!open.isEmpty()) {
      Class<?> type = open.poll();
      if (!told.add(type)) {
        continue;
      }
      if (type.isSealed()) {
        open.addAll(List.of(type.getPermittedSubclasses()));
        continue;
      }
      if (type != root) {
        out.append("### ").append(title(type)).append("\n\n");
        description(type);
      }
      table(RecordShape.of(type));
      for (RecordShape.Key key : RecordShape.of(type).keys().values()) {
        collect(key.type(), open);
      }
    }
  }

  private static void collect(Type type, Deque<Class<?>> open) {
    if (type instanceof ParameterizedType generic) {
      for (Type argument : generic.getActualTypeArguments()) {
        collect(argument, open);
      }
    } else if (type instanceof Class<?> plain && asTable(plain)) {
      open.add(plain);
    }
  }

  private static boolean asTable(Class<?> type) {
    return type.isRecord() && (!TextType.parses(type) || RecordShape.of(type).described())
        || type.isInterface() && type.isSealed() && !TextType.parses(type);
  }

  private void table(RecordShape shape) {
    if (written) {
      out.append("| key | value | |\n|---|---|---|\n");
      for (RecordShape.Key key : shape.keys().values()) {
        out.append("| `").append(key.name()).append("` | ").append(cell(type(key.type())));
        out.append(key.optional() ? " or null" : "").append(" | ");
        out.append(cell(key.description())).append(" |\n");
      }
      out.append('\n');
      return;
    }
    out.append("| key | value | default | |\n|---|---|---|---|\n");
    for (RecordShape.Key key : shape.keys().values()) {
      String name = key.takesOtherKeys() ? "any other key" : "`" + key.name() + "`";
      String standard =
          key.required() ? "required" : key.defaultValue().map(ReferencePage::code).orElse("");
      String example = key.example().isEmpty() ? "" : " Example: " + code(key.example());
      out.append("| ").append(name);
      out.append(" | ").append(cell(type(key.type())));
      out.append(" | ").append(standard);
      out.append(" | ").append(cell(key.description())).append(example).append(" |\n");
    }
    out.append('\n');
  }

  private static String code(String text) {
    return text.isEmpty() ? "" : "`" + text.replace("|", "\\|") + "`";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }

  private String type(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        return (written ? "list of: " : "one or a list of: ") + type(arguments[0]);
      }
      return generic.getRawType() == Map.class
          ? "by name: " + type(arguments[1])
          : type(arguments[0]);
    }
    if (!(type instanceof Class<?> plain)) {
      return "";
    }
    if (asTable(plain)) {
      String link = "[%s](#%s)".formatted(title(plain), title(plain).replace(' ', '-'));
      return TextType.parses(plain) ? "text or " + link : link;
    }
    if (plain == Object.class) {
      return "anything";
    }
    if (plain.isEnum()) {
      return String.join(
          ", ", TextType.constants(plain).stream().map(ReferencePage::code).toList());
    }
    return switch (plain.getSimpleName()) {
      case "int", "Integer", "long", "Long" -> "whole number";
      case "double", "Double", "BigDecimal" -> "number";
      case "boolean", "Boolean" -> "true or false";
      case "Duration" -> "duration (`90s`, `15m`, `26h`, `2d`)";
      case "ZoneId" -> "time zone";
      case "LocalDate" -> "date";
      case "String" -> "text";
      default -> title(plain);
    };
  }

  /** {@code StepFile} is "step file". */
  private static String title(Class<?> type) {
    return io.headgate.api.json.Json.snakeCase(type.getSimpleName())
        .replaceFirst("^_", "")
        .replace('_', ' ');
  }
}
