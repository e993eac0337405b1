package io.headgate.model.connection;

import io.headgate.api.Description;
import java.util.Optional;

/** Keys of a connection of kind {@code jdbc}. */
@Description("Any database with a JDBC driver, as a source.")
public record JdbcKeys(
    @Description(value = "The address, without a password.", example = "jdbc:mysql://db/shop")
        String url,
    @Description("Class name of the driver; found by itself if left out.") Optional<String> driver,
    @Description("A folder with the jars of the driver; relative to the project.")
        Optional<String> drivers,
    @Description("Who logs in.") Optional<String> user,
    @Description("The password, as a reference.") Optional<String> password) {}
