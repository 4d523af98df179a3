(* SPDX-License-Identifier: Apache-2.0 *)
(* Queues that are ordered by a key, first come first served among equals: deadlines, and waiters by priority. *)

From Coq Require Import List Arith Lia Bool Sorted Permutation.
Import ListNotations.

Section Ordered.
Context {A : Type} (key : A -> nat).

Fixpoint insert (x : A) (l : list A) : list A :=
  match l with
  | [] => [x]
  | y :: l' => if key x <? key y then x :: y :: l' else y :: insert x l'
  end.

Definition sorted (l : list A) : Prop := StronglySorted (fun a b => key a <= key b) l.

Lemma sorted_cons y l : sorted (y :: l) <-> sorted l /\ Forall (fun b => key y <= key b) l.
Proof. split; [apply StronglySorted_inv | intros [H F]; now constructor]. Qed.

Lemma filter_all f (l : list A) : Forall (fun a => f a = true) l -> filter f l = l.
Proof. induction 1; simpl; auto. rewrite H. now f_equal. Qed.

Lemma filter_none f (l : list A) : Forall (fun a => f a = false) l -> filter f l = [].
Proof. induction 1; simpl; auto. now rewrite H. Qed.

(* Behind all that come before it or are its equals, before all others; the others keep their order. *)
Lemma insert_spec x l : sorted l ->
  insert x l = filter (fun y => key y <=? key x) l ++ x :: filter (fun y => key x <? key y) l.
Proof.
  induction l as [| y l IH]; intro H; [reflexivity|]. apply sorted_cons in H as [H F]. simpl.
  destruct (key x <? key y) eqn:E.
  - apply Nat.ltb_lt in E. replace (key y <=? key x) with false by (symmetry; apply Nat.leb_gt; lia).
    rewrite filter_none; [rewrite filter_all; auto|]; revert F; apply Forall_impl; intros a Q;
      [apply Nat.ltb_lt | apply Nat.leb_gt]; lia.
  - apply Nat.ltb_ge in E. replace (key y <=? key x) with true by (symmetry; apply Nat.leb_le; lia).
    simpl. now rewrite IH.
Qed.

Lemma insert_perm x l : Permutation (x :: l) (insert x l).
Proof.
  induction l as [| y l IH]; simpl; auto. destruct (key x <? key y); auto.
  eapply perm_trans; [apply perm_swap|]. now constructor.
Qed.

Lemma insert_in x l y : In y (insert x l) <-> y = x \/ In y l.
Proof.
  split; intro H.
  - apply (Permutation_in y (Permutation_sym (insert_perm x l))) in H. destruct H; auto.
  - apply (Permutation_in y (insert_perm x l)). destruct H; [left | right]; auto.
Qed.

Lemma insert_sorted x l : sorted l -> sorted (insert x l).
Proof.
  induction l as [| y l IH]; intro H; simpl; [repeat constructor|]. apply sorted_cons in H as [H F].
  destruct (key x <? key y) eqn:E.
  - apply Nat.ltb_lt in E. apply sorted_cons. split; [now apply sorted_cons|].
    constructor; [lia|]. revert F. apply Forall_impl. intros; lia.
  - apply Nat.ltb_ge in E. apply sorted_cons. split; auto. apply Forall_forall. intros a Q.
    apply insert_in in Q as [-> | Q]; auto. rewrite Forall_forall in F. auto.
Qed.

Lemma filter_sorted f l : sorted l -> sorted (filter f l).
Proof.
  induction l as [| y l IH]; intro H; simpl; auto. apply sorted_cons in H as [H F].
  destruct (f y); auto. apply sorted_cons. split; auto.
  apply Forall_forall. intros a Q. apply filter_In in Q as [Q _]. rewrite Forall_forall in F. auto.
Qed.

(* Among equals the newcomer is last, and the others stay as they were. *)
Lemma insert_equals x l k : sorted l ->
  filter (fun y => key y =? k) (insert x l) = filter (fun y => key y =? k) l ++ (if key x =? k then [x] else []).
Proof.
  induction l as [| y l IH]; intro H; [simpl; destruct (key x =? k); auto|].
  apply sorted_cons in H as [H F]. cbn [insert]. destruct (key x <? key y) eqn:E.
  - apply Nat.ltb_lt in E. simpl. destruct (key x =? k) eqn:Q; [| now rewrite app_nil_r].
    apply Nat.eqb_eq in Q. replace (key y =? k) with false by (symmetry; apply Nat.eqb_neq; lia).
    rewrite filter_none; auto. revert F. apply Forall_impl. intros a Z. apply Nat.eqb_neq. lia.
  - simpl. rewrite IH by auto. destruct (key y =? k); auto.
Qed.

Lemma sorted_head x l y : sorted (x :: l) -> In y (x :: l) -> key x <= key y.
Proof.
  intros H [-> | I]; auto. apply sorted_cons in H as [_ F]. rewrite Forall_forall in F. auto.
Qed.

(* A sorted queue falls apart at a key: what is up to it comes first. *)
Lemma sorted_split k l : sorted l ->
  l = filter (fun y => key y <=? k) l ++ filter (fun y => k <? key y) l.
Proof.
  induction l as [| y l IH]; intro H; auto. apply sorted_cons in H as [H F]. simpl.
  destruct (key y <=? k) eqn:E.
  - apply Nat.leb_le in E. replace (k <? key y) with false by (symmetry; apply Nat.ltb_ge; lia).
    simpl. now rewrite <- IH.
  - apply Nat.leb_gt in E. replace (k <? key y) with true by (symmetry; apply Nat.ltb_lt; lia).
    rewrite (filter_none _ l), (filter_all _ l); auto; revert F; apply Forall_impl; intros a Z;
      [apply Nat.ltb_lt | apply Nat.leb_gt]; lia.
Qed.

End Ordered.
