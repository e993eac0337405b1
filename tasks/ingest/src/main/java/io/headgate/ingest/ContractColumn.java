package io.headgate.ingest;

import io.headgate.api.Default;
import io.headgate.api.Description;
import io.headgate.stores.ColumnType;
import java.util.List;
import java.util.Optional;

/** What a contract says of one column. May be written as the type alone. */
@Description("One column; the type alone may stand for it.")
public record ContractColumn(
    @Description(
            value = "A type: text, int, double, decimal(18,3), timestamp, struct(…), int[] ….",
            example = "decimal(18,3)")
        ColumnType type,
    @Default("true") @Description("Whether a value may be missing.") boolean nullable,
    @Default("[]") @Description("The values that are allowed, as text.") List<String> values,
    @Default("false")
        @Description("Whether values are people's data, hidden wherever rows are shown.")
        boolean mask,
    @Description(
            value = "How dates and times are written, in strptime's letters.",
            example = "'%d/%m/%Y'")
        Optional<String> format,
    @Description("For timestamps written with an offset: drop it, or convert to-utc.")
        Optional<Offset> offset,
    @Description("What the column means.") Optional<String> description) {
  /** What happens to an offset such as {@code +0100} behind a timestamp. */
  public enum Offset {
    /** The local time stays as it is written. */
    DROP,
    TO_UTC
  }

  public ContractColumn {
    values = List.copyOf(values);
    type = Landable.of(type);
  }

  /** A nullable column of a type. */
  public static ContractColumn parse(String type) {
    return of(ColumnType.parse(type));
  }

  /** A nullable column of a type that was found; what cannot be landed becomes text. */
  static ContractColumn found(ColumnType type) {
    return of(Landable.fits(type) ? type : new ColumnType.Scalar("VARCHAR"));
  }

  static ContractColumn of(ColumnType type) {
    return new ContractColumn(
        type, true, List.of(), false, Optional.empty(), Optional.empty(), Optional.empty());
  }
}
