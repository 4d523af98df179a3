;; SPDX-License-Identifier: Apache-2.0
;; Functions that do not come to a good end.
(component
  (core module $m
    (func (export "boom") unreachable)
    (func (export "spin") (loop $again (br $again))))
  (core instance $i (instantiate $m))
  (func (export "boom") (canon lift (core func $i "boom")))
  (func (export "spin") (canon lift (core func $i "spin"))))
