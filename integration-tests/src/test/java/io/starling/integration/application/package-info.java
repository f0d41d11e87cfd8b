/** The programs that run in the child processes of the tests. */
@NullMarked
package io.starling.integration.application;

import org.jspecify.annotations.NullMarked;
