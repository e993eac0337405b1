package io.headgate.ingest;

import io.headgate.api.Default;
import io.headgate.api.Description;
import io.headgate.api.DocumentKind;
import io.headgate.api.MaskedColumns;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What the rows of a table must be like. Lives in {@code contracts/<table>.yaml}. */
@Description("What the rows of a table must be like.")
public record Contract(
    @Description("What the table means.") Optional<String> description,
    @Description(
            value = "The columns by name, in order.",
            example = "{title: text, minutes: {type: int, nullable: false}}")
        Map<String, ContractColumn> columns,
    @Default("[]") @Description("Columns that identify a row.") List<String> key,
    @Default("{}") @Description("What happens when data and contract differ.") Drift on)
    implements MaskedColumns {
  public static final DocumentKind<Contract> KIND =
      new DocumentKind<>("contract", Contract.class, "contracts");

  @Override
  public Map<String, Set<String>> maskedColumns(String name) {
    return Map.of(name, masked());
  }

  /** The columns that hold people's data. */
  Set<String> masked() {
    Set<String> masked = new TreeSet<>();
    columns.forEach(
        (column, rule) -> {
          if (rule.mask()) {
            masked.add(column);
          }
        });
    return masked;
  }

  /** What happens when data and contract differ. */
  @Description("What happens when data and contract differ.")
  public record Drift(
      @Default("reject") @Description("A row that breaks a rule: reject it, or refuse the load.")
          Violation violation,
      @Default("evolve")
          @Description("A column that the contract does not know: evolve, ignore or refuse.")
          NewColumn newColumn,
      @Default("refuse") @Description("A column that is not in the data: refuse, or null.")
          MissingColumn missingColumn,
      @Default("refuse")
          @Description("A column whose type in the warehouse is another: refuse, or replace.")
          RetypedColumn retypedColumn) {
    public static final Drift DEFAULT =
        new Drift(Violation.REJECT, NewColumn.EVOLVE, MissingColumn.REFUSE, RetypedColumn.REFUSE);
  }

  /** A row that breaks a rule. */
  public enum Violation {
    /** The row goes to the dead letters and counts against the budget. */
    REJECT,
    /** Nothing is loaded. */
    REFUSE
  }

  /** A column that the contract does not know. */
  public enum NewColumn {
    /** It is added to the table, with a warning. */
    EVOLVE,
    /** It is left out, with a warning. */
    IGNORE,
    REFUSE
  }

  /** A column of the contract that the data do not have. */
  public enum MissingColumn {
    REFUSE,
    /** It is null in every row, with a warning; a column that may not be null is refused still. */
    NULL
  }

  /** A column that has another type in the warehouse. */
  public enum RetypedColumn {
    REFUSE,
    /** A load of the whole table makes it anew with the new type, with a warning. */
    REPLACE
  }
}
