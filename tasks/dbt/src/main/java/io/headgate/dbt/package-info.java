/** The kind {@code dbt}: builds models in the private schema with the user's own dbt project. */
@NullMarked
package io.headgate.dbt;

import org.jspecify.annotations.NullMarked;
