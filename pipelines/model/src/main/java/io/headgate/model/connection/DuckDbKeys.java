package io.headgate.model.connection;

import io.headgate.api.Description;
import java.util.Optional;

/** Keys of a connection of kind {@code duckdb}. */
@Description("A DuckDB database in a file.")
public record DuckDbKeys(
    @Description(
            value = "The file that readers open; relative to the project.",
            example = "warehouse/dev.duckdb")
        String path,
    @Description("How many threads; one a core if left out.") Optional<String> threads,
    @Description(value = "How much memory DuckDB may take.", example = "2GB")
        Optional<String> memoryLimit) {}
