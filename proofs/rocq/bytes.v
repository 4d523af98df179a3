(* SPDX-License-Identifier: Apache-2.0 *)
(* Bytes as slots: a data area of whole elements of `n` bytes each, written and read slot by slot. *)

From Coq Require Import List Arith Lia.
Import ListNotations.

Lemma skipn_skipn {A : Type} (a b : nat) (l : list A) : skipn a (skipn b l) = skipn (b + a) l.
Proof. revert l; induction b as [| b IH]; intros [| x l]; simpl; auto using skipn_nil. Qed.

Section Slots.
Variable n : nat. (* Bytes of one element. *)

Definition get (m : list nat) (i : nat) : list nat := firstn n (skipn (i * n) m).

Definition put (m : list nat) (i : nat) (e : list nat) : list nat :=
  firstn (i * n) m ++ e ++ skipn (i * n + n) m.

Lemma slot_le c i : i < c -> i * n + n <= c * n.
Proof. intro. replace (i * n + n) with (S i * n) by lia. apply Nat.mul_le_mono_r. lia. Qed.

Lemma put_length m c i e : length m = c * n -> i < c -> length e = n -> length (put m i e) = c * n.
Proof.
  intros L H E. pose proof (slot_le c i H). unfold put.
  rewrite !app_length, firstn_length, skipn_length. lia.
Qed.

Lemma get_length m c i : length m = c * n -> i < c -> length (get m i) = n.
Proof. intros L H. pose proof (slot_le c i H). unfold get. rewrite firstn_length, skipn_length. lia. Qed.

Lemma get_put_same m c i e : length m = c * n -> i < c -> length e = n -> get (put m i e) i = e.
Proof.
  intros L H E. pose proof (slot_le c i H). unfold get, put.
  rewrite skipn_app, firstn_length, Nat.min_l by lia.
  rewrite skipn_all2 by (rewrite firstn_length; lia).
  rewrite Nat.sub_diag. simpl. rewrite firstn_app. replace (n - length e) with 0 by lia.
  simpl. rewrite app_nil_r. apply firstn_all2. lia.
Qed.

Lemma get_put_other m c i j e :
  length m = c * n -> i < c -> j < c -> i <> j -> length e = n -> get (put m i e) j = get m j.
Proof.
  intros L H J D E. pose proof (slot_le c i H). pose proof (slot_le c j J). unfold get, put.
  destruct (Nat.lt_ge_cases j i) as [C | C].
  - pose proof (slot_le i j C).
    rewrite skipn_app, firstn_app, skipn_length, firstn_length, Nat.min_l by lia.
    replace (n - (i * n - j * n)) with 0 by lia. simpl. rewrite app_nil_r.
    rewrite skipn_firstn_comm, firstn_firstn. f_equal. lia.
  - pose proof (slot_le j i ltac:(lia)).
    rewrite skipn_app, firstn_length, Nat.min_l by lia.
    rewrite skipn_all2 by (rewrite firstn_length; lia). simpl.
    rewrite skipn_app, E. rewrite (skipn_all2 e) by lia. simpl.
    rewrite skipn_skipn. f_equal. f_equal. lia.
Qed.

End Slots.

(* Two slots that are less than one capacity apart are not the same slot. *)
Lemma mod_apart c a b : a < b -> b < a + c -> a mod c <> b mod c.
Proof.
  intros H1 H2 E. assert (c <> 0) by lia.
  pose proof (Nat.div_mod a c ltac:(lia)). pose proof (Nat.div_mod b c ltac:(lia)).
  rewrite E in *. assert (b / c <= a / c \/ a / c + 1 <= b / c) by lia. nia.
Qed.
