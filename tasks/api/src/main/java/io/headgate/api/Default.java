package io.headgate.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The value of a key that is left out, as it would stand in YAML (JSON flow style: {@code []},
 * {@code 3}, {@code reject}). A component without it that is neither {@link java.util.Optional} nor
 * nullable is required.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {
  String value();
}
