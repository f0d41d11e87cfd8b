/** Child processes of a test, which never outlive it. */
@NullMarked
package io.starling.integration.process;

import org.jspecify.annotations.NullMarked;
