/** Who may connect, decided by middlewares. */
@NullMarked
package io.starling.examples.authentication;

import org.jspecify.annotations.NullMarked;
