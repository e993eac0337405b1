/** The language: {@code headgate.yaml} and {@code pipeline.yaml}, loaded, checked and compiled. */
@NullMarked
package io.headgate.model;

import org.jspecify.annotations.NullMarked;
