/** Example: middlewares decide which clients may connect. See {@link Authentication}. */
@NullMarked
package io.starling.examples.authentication;

import org.jspecify.annotations.NullMarked;
