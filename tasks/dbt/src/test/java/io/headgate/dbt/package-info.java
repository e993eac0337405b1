@NullMarked
package io.headgate.dbt;

import org.jspecify.annotations.NullMarked;
