package io.headgate.model;

import io.headgate.api.Description;
import io.headgate.model.bind.OpenRecord;
import java.util.Map;

/**
 * A connection as {@code headgate.yaml} writes it: references to secrets, never secrets.
 *
 * @param properties all keys but {@code kind}, as text
 */
@Description("A store. Keys beside kind are the store's own; secrets are references.")
public record ConnectionFile(
    @Description(value = "What kind of store it is.", example = "duckdb") String kind,
    Map<String, String> properties)
    implements OpenRecord {
  public ConnectionFile {
    properties = Ordered.copy(properties);
  }
}
